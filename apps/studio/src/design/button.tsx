import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Link } from "wouter";
import "./button.css";

/** `primary`: what the page is for, once on it. `quiet`: without a frame. `danger`: what cannot be undone. */
export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

interface Look {
  variant?: ButtonVariant;
  size?: "medium" | "small";
  icon?: LucideIcon;
  children: ReactNode;
}

export interface ButtonProps extends Look, Omit<ComponentProps<"button">, "children" | "className"> {
  /** It is being done: a turning sign, and pressing it again does nothing. It keeps the focus. */
  busy?: boolean;
}

export function Button({ variant, size, icon, children, busy = false, onClick, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      className={look({ variant, size })}
      aria-disabled={busy || props["aria-disabled"]}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className="button-spinner" aria-hidden="true" /> : <Icon of={icon} size={size} />}
      <span>{children}</span>
    </button>
  );
}

export interface ButtonLinkProps extends Look, Omit<ComponentProps<"a">, "children" | "className" | "href"> {
  href: string;
  /** Not a page of the studio: another address, or a file. */
  external?: boolean;
}

/** Looks like a button, and leads somewhere. */
export function ButtonLink({ variant, size, icon, children, external = false, ...props }: ButtonLinkProps) {
  const shared = { ...props, className: look({ variant, size }) };
  const content = (
    <>
      <Icon of={icon} size={size} />
      <span>{children}</span>
    </>
  );
  return external ? <a {...shared}>{content}</a> : <Link {...shared}>{content}</Link>;
}

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children" | "className" | "aria-label"> {
  /** What it does: its name for screen readers, and shown where the pointer rests. */
  label: string;
  icon: LucideIcon;
}

export function IconButton({ label, icon: Sign, ...props }: IconButtonProps) {
  return (
    <button type="button" title={label} {...props} className="icon-button" aria-label={label}>
      <Sign size={18} aria-hidden="true" />
    </button>
  );
}

function look({ variant = "secondary", size = "medium" }: { [K in "variant" | "size"]: Look[K] | undefined }): string {
  return `button button-${variant} button-${size}`;
}

function Icon({ of: Sign, size }: { of: LucideIcon | undefined; size: Look["size"] | undefined }) {
  return Sign === undefined ? null : <Sign size={size === "small" ? 15 : 17} aria-hidden="true" />;
}
