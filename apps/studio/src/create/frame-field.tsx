import ImagePlus from "lucide-react/icons/image-plus";
import X from "lucide-react/icons/x";
import { type ClipboardEvent, type DragEvent, useEffect, useId, useRef, useState } from "react";
import { Button, IconButton } from "../design/button.tsx";
import { FieldError } from "../design/field.tsx";
import type { Frame } from "./draft.ts";
import { PICTURE_TYPES } from "./picture-types.ts";
import type { UseFrame } from "./use-frame.ts";
import "./frame-field.css";

export interface FrameFieldProps {
  label: string;
  frame: Frame | null;
  source: UseFrame;
  /** What the gateway has against it. */
  error?: string | undefined;
  hint?: string | null;
}

/** A picture by drop, paste, file or address, and how it looks. */
export function FrameField({ label, frame, source, error, hint = null }: FrameFieldProps) {
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  const [dropping, setDropping] = useState(false);
  const [writing, setWriting] = useState(false);
  const { onItsWay } = source;
  const problem = source.problem ?? error ?? null;

  function give(files: Iterable<File>): boolean {
    const [given] = files;
    if (given === undefined) return false;
    setWriting(false);
    source.giveFile(given);
    return true;
  }
  function drop(event: DragEvent) {
    event.preventDefault();
    setDropping(false);
    if (give(event.dataTransfer.files)) return;
    const address = event.dataTransfer.getData("text/uri-list") || event.dataTransfer.getData("text/plain");
    if (address !== "") source.giveAddress(address);
  }
  function paste(event: ClipboardEvent) {
    if (event.target instanceof HTMLInputElement && event.clipboardData.files.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    if (!give(event.clipboardData.files)) source.giveAddress(event.clipboardData.getData("text/plain"));
  }

  const shown = onItsWay === null ? frame?.url : onItsWay.preview;
  return (
    <fieldset
      aria-describedby={problem === null ? undefined : `${id}-error`}
      className="frame-field"
      onPaste={paste}
      onDragOver={(event) => {
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={drop}
    >
      <legend className="visually-hidden">{label}</legend>
      <div className="frame-field-head">
        <span aria-hidden="true">{label}</span>
        {frame?.width != null && onItsWay === null && (
          <span className="frame-field-size">
            {frame.width} × {frame.height}
          </span>
        )}
      </div>
      <div className="frame-field-well" data-dropping={dropping} data-invalid={problem !== null}>
        {shown != null && <Picture key={shown} address={shown} name={`${label} of the video`} />}
        {frame === null && onItsWay === null && (
          <button type="button" ref={choose} className="frame-field-choose" onClick={() => file.current?.click()}>
            <ImagePlus size={22} strokeWidth={1.6} aria-hidden="true" />
            <span>
              Choose a picture
              <small>or drop it, or paste it here</small>
            </span>
          </button>
        )}
        {onItsWay !== null && (
          <p className="frame-field-busy" role="status">
            <span className="button-spinner" aria-hidden="true" />
            {onItsWay.preview === null ? "Looking at it…" : "Uploading…"}
          </p>
        )}
        {(frame !== null || onItsWay !== null) && (
          <span className="frame-field-remove">
            <IconButton
              label={`Remove the ${label.toLowerCase()}`}
              icon={X}
              onClick={() => {
                source.remove();
                requestAnimationFrame(() => choose.current?.focus());
              }}
            />
          </span>
        )}
        <input
          ref={file}
          type="file"
          accept={PICTURE_TYPES.join()}
          hidden
          aria-label={label}
          onChange={(event) => {
            give(event.target.files ?? []);
            event.target.value = "";
          }}
        />
      </div>
      {problem !== null && (
        <div role="alert">
          <FieldError id={`${id}-error`}>{problem}</FieldError>
        </div>
      )}
      {hint !== null && <p className="field-hint">{hint}</p>}
      {frame === null && onItsWay === null && (
        <AddressOfFrame label={label} open={writing} setOpen={setWriting} give={source.giveAddress} />
      )}
    </fieldset>
  );
}

/** A picture; or where it is, when this browser cannot show it. */
function Picture({ address, name }: { address: string; name: string }) {
  const [isShown, setShown] = useState(true);
  if (isShown) return <img src={address} alt={name} referrerPolicy="no-referrer" onError={() => setShown(false)} />;
  return (
    <p className="frame-field-unseen">
      <span>Cannot be shown here</span>
      {address.startsWith("data:") ? null : new URL(address).host}
    </p>
  );
}

interface AddressOfFrameProps {
  label: string;
  open: boolean;
  setOpen: (open: boolean) => void;
  give: (address: string) => void;
}

function AddressOfFrame({ label, open, setOpen, give }: AddressOfFrameProps) {
  const [address, setAddress] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (open) input.current?.focus();
  }, [open]);
  if (!open) {
    return (
      <button type="button" className="text-button" onClick={() => setOpen(true)}>
        Use an address
        <span className="visually-hidden"> as the {label.toLowerCase()}</span>
      </button>
    );
  }
  return (
    <div className="frame-field-address">
      <input
        className="input"
        type="url"
        inputMode="url"
        aria-label={`Address of the ${label.toLowerCase()}`}
        placeholder="https://"
        ref={input}
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setOpen(false);
          if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          give(address);
        }}
      />
      <Button size="small" onClick={() => give(address)}>
        Use
      </Button>
    </div>
  );
}
