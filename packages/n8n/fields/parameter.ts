import type { Field } from "@reelwire/core";
import type { INodeProperties, INodePropertyOptions } from "n8n-workflow";
import { wording } from "./wording.ts";

/** A parameter of a node, in core's words. */
export function parameter(
  name: string,
  { label, description }: Field,
  rest: Omit<INodeProperties, "name" | "displayName">,
): INodeProperties {
  return { displayName: label, name, description: wording(description), ...rest };
}

/** The choices of an enum, in core's words; many of them in the order of the alphabet, as n8n has it. */
export function choices(
  values: Readonly<Record<string, { label: string; description: string }>>,
): INodePropertyOptions[] {
  const options = Object.entries(values).map(([value, { label, description }]) => ({
    name: label,
    value,
    description: wording(description),
  }));
  return options.length < 5 ? options : options.sort((a, b) => a.name.localeCompare(b.name));
}
