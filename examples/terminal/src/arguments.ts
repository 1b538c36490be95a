import type { CreateVideoInput } from "@reelwire/core/client";
import { Command, InvalidArgumentError, Option } from "commander";

/** What the command line asks for. */
export interface Arguments {
  input: CreateVideoInput;
  /** A video that is being made already, to watch in place of making one; otherwise `null`. */
  watch: string | null;
  /** Where the file goes; `null` for the usual place. */
  out: string | null;
  url: string;
  /** An API key or access token; `null` for a gateway that asks nobody who they are. */
  token: string | null;
}

/** Where a gateway answers that was started without options. */
export const DEFAULT_URL = "http://127.0.0.1:4000/graphql";

/** Reads the command line. Prints what is wrong with it, or its help, and exits, where that is called for. */
export function readArguments(argv: readonly string[]): Arguments {
  const command = new Command("example")
    .description(
      "Makes a video through a running gateway, shows how it comes along on standard error, saves it, and prints the path of its file.",
    )
    .argument("[prompt...]", "what the video should show")
    .addOption(new Option("--resolution <pixels>", "pixels on the short side").choices(["720", "1080"]).default("720"))
    .addOption(new Option("--duration <seconds>", "how long it is").choices(["4", "6", "8"]).default("8"))
    .option("--portrait", "higher than wide", false)
    .option("--no-sound", "without sound")
    .option("--watch <id>", "watch a video that is being made already, and save it")
    .option("--out <file>", "where to save it (default: videos/<id>.mp4)")
    .addOption(
      new Option("--url <address>", "the gateway's GraphQL address")
        .env("REELWIRE_URL")
        .default(DEFAULT_URL)
        .argParser(httpAddress),
    )
    .addOption(
      new Option("--token <token>", "an API key or access token, where the gateway asks for one").env("REELWIRE_TOKEN"),
    )
    .parse(argv);
  const options = command.opts<{
    resolution: "720" | "1080";
    duration: string;
    portrait: boolean;
    sound: boolean;
    watch?: string;
    out?: string;
    url: string;
    token?: string;
  }>();
  const prompt = command.args.join(" ").trim();
  if (prompt === "" && options.watch === undefined) {
    command.error('Say what the video should show: example "a paper boat on a rainy street"');
  }
  const token = options.token?.trim() || null;
  // Said here, and not by a parser of the option, which would show it.
  if (token !== null && !/^[!-~]+$/.test(token)) command.error("The token has characters that no token has.");
  return {
    input: {
      prompt,
      resolution: `P${options.resolution}`,
      durationSeconds: Number(options.duration),
      aspectRatio: options.portrait ? "PORTRAIT_9_16" : "LANDSCAPE_16_9",
      generateAudio: options.sound,
    },
    watch: options.watch ?? null,
    out: options.out ?? null,
    url: options.url,
    token,
  };
}

function httpAddress(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  if (protocol !== "http:" && protocol !== "https:") {
    throw new InvalidArgumentError(`An http(s) address is needed, such as ${DEFAULT_URL}.`);
  }
  return text;
}
