import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Canvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";

/** Inter comes in one file per script; a machine may have no fonts of its own. */
const scripts = ["latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese"];
const family = (script: string) => `Reelwire ${script}`;
const families = [...scripts.map((script) => `"${family(script)}"`), "sans-serif"].join(", ");

/** Parts of the canvas: how much the words may fill, and how large they may be. */
const widest = 0.8;
const tallest = 0.62;
const largest = 0.085;
const smallest = 0.022;
const lineHeight = 1.3;

let registered = false;

/** Writes the words in the middle of an empty canvas: wrapped, as large as fits, on a dark panel, so that they can be read. */
export function drawWords(canvas: Canvas, words: string): void {
  registerFonts();
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const { lines, size } = fitWords(context, words, width, height);
  const longest = Math.max(...lines.map((line) => context.measureText(line).width));
  const panel = { width: longest + size * 1.6, height: lines.length * size * lineHeight + size };
  context.fillStyle = "rgba(10, 12, 20, 0.55)";
  context.beginPath();
  context.roundRect((width - panel.width) / 2, (height - panel.height) / 2, panel.width, panel.height, size * 0.5);
  context.fill();
  context.fillStyle = "white";
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [index, line] of lines.entries()) {
    context.fillText(line, width / 2, height / 2 + (index - (lines.length - 1) / 2) * size * lineHeight);
  }
}

/** The largest size at which the words fit; at the smallest, what does not fit is left out. */
function fitWords(context: SKRSContext2D, words: string, width: number, height: number) {
  const short = Math.min(width, height);
  let size = short * largest;
  for (;;) {
    context.font = `600 ${size}px ${families}`;
    const lines = wrap(context, words, width * widest);
    const most = Math.floor((height * tallest) / (size * lineHeight));
    if (lines.length <= most) return { lines, size };
    if (size <= short * smallest) return { lines: [...lines.slice(0, most - 1), `${lines[most - 1]} …`], size };
    size = Math.max(short * smallest, size * 0.9);
  }
}

function wrap(context: SKRSContext2D, words: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((long) => split(context, long, width))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (context.measureText(longer).width <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** A word wider than a line, in pieces. */
function split(context: SKRSContext2D, word: string, width: number): string[] {
  if (context.measureText(word).width <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (piece !== "" && context.measureText(piece + character).width > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}

function registerFonts(): void {
  if (registered) return;
  registered = true;
  for (const script of scripts) {
    const file = import.meta.resolve(`@fontsource/inter/files/inter-${script}-600-normal.woff2`);
    GlobalFonts.register(readFileSync(fileURLToPath(file)), family(script));
  }
}
