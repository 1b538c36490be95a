import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Canvas, createCanvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";

/** Inter comes in one file per script; a machine may have no fonts of its own. */
const scripts = ["latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese"];
const family = (script: string) => `Reelwire ${script}`;
const families = [...scripts.map((script) => `"${family(script)}"`), "sans-serif"].join(", ");

/** Parts of the canvas: how much the words may fill, and how large they may be. */
const wordsWidth = 0.8;
const wordsHeight = 0.62;
const largest = 0.085;
const smallest = 0.022;
const lineHeight = 1.3;

let registered = false;

/** The words of a picture of that size on a canvas of their own: wrapped, as large as fits, on a dark panel. */
export function drawWords(width: number, height: number, words: string): Canvas {
  registerFonts();
  const { lines, size, widest } = fitWords(createCanvas(1, 1).getContext("2d"), words, width, height);
  const panel = createCanvas(Math.ceil(widest + size * 1.6), Math.ceil(lines.length * size * lineHeight + size));
  const context = panel.getContext("2d");
  context.fillStyle = "rgba(10, 12, 20, 0.55)";
  context.beginPath();
  context.roundRect(0, 0, panel.width, panel.height, size * 0.5);
  context.fill();
  context.font = fontOf(size);
  context.fillStyle = "white";
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [index, line] of lines.entries()) {
    const y = panel.height / 2 + (index - (lines.length - 1) / 2) * size * lineHeight;
    context.fillText(line, panel.width / 2, y);
  }
  return panel;
}

/** The largest size at which the words fit; at the smallest, what does not fit is left out. */
function fitWords(context: SKRSContext2D, words: string, width: number, height: number) {
  const short = Math.min(width, height);
  for (let size = short * largest; ; size = Math.max(short * smallest, size * 0.9)) {
    context.font = fontOf(size);
    const lines = wrap(context, words, width * wordsWidth);
    const most = Math.floor((height * wordsHeight) / (size * lineHeight));
    if (lines.length > most && size <= short * smallest) lines.splice(most - 1, lines.length, `${lines[most - 1]} …`);
    if (lines.length > most) continue;
    const widest = Math.max(...lines.map((line) => context.measureText(line).width));
    return { lines, size, widest };
  }
}

function fontOf(size: number): string {
  return `600 ${size}px ${families}`;
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
