import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { type Random, seededRandom } from "../random.ts";
import { drawWords } from "./draw-words.ts";

/** A moving picture that ends as it begins. */
export interface Scene {
  /** Draws the moment at `progress` (0 to 1) of the loop over the whole canvas. */
  draw(progress: number): void;
}

interface Light {
  readonly glow: Canvas;
  readonly centre: readonly [number, number];
  readonly sway: readonly [number, number];
  readonly phase: readonly [number, number];
  /** Rounds in one loop: whole, so that it closes. */
  readonly rounds: readonly [number, number];
}

const turn = 2 * Math.PI;

/** The scene of a prompt: coloured lights that drift over a gradient, all seeded by it, and its words. */
export function createScene(canvas: Canvas, prompt: string): Scene {
  const { width, height } = canvas;
  const random = seededRandom("scene", prompt);
  const hue = Math.floor(random() * 360);
  const backdrop = drawBackdrop(width, height, hue, random);
  const lights = Array.from({ length: 6 }, () => createLight(random, hue, Math.max(width, height)));
  const words = drawWords(width, height, prompt);
  const [left, top] = [(width - words.width) / 2, (height - words.height) / 2];
  const context = canvas.getContext("2d");
  return {
    draw: (progress) => {
      context.drawImage(backdrop, 0, 0);
      for (const light of lights) drawLight(context, light, progress, width, height);
      context.drawImage(words, left, top + Math.sin(progress * turn) * height * 0.008);
    },
  };
}

function drawBackdrop(width: number, height: number, hue: number, random: Random): Canvas {
  const backdrop = createCanvas(width, height);
  const context = backdrop.getContext("2d");
  const gradient = context.createLinearGradient(0, 0, width * random(), height);
  gradient.addColorStop(0, `hsl(${hue}, 55%, 22%)`);
  gradient.addColorStop(1, `hsl(${(hue + 50) % 360}, 60%, 42%)`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
  return backdrop;
}

function createLight(random: Random, hue: number, size: number): Light {
  const pair = (draw: () => number) => [draw(), draw()] as const;
  const colour = `hsla(${(hue + 30 + random() * 160) % 360}, 80%, ${58 + random() * 20}%`;
  return {
    // Drawn once, since gradients are what takes longest.
    glow: drawGlow(size * (0.07 + random() * 0.13), colour),
    centre: pair(() => 0.15 + random() * 0.7),
    sway: pair(() => 0.08 + random() * 0.2),
    phase: pair(() => random() * turn),
    rounds: pair(() => (random() < 0.7 ? 1 : 2)),
  };
}

/** `colour` is `hsla(…` up to its opacity. */
function drawGlow(radius: number, colour: string): Canvas {
  const glow = createCanvas(Math.ceil(radius * 2), Math.ceil(radius * 2));
  const context = glow.getContext("2d");
  const gradient = context.createRadialGradient(radius, radius, 0, radius, radius, radius);
  gradient.addColorStop(0, `${colour}, 0.75)`);
  gradient.addColorStop(0.55, `${colour}, 0.4)`);
  gradient.addColorStop(1, `${colour}, 0)`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, glow.width, glow.height);
  return glow;
}

function drawLight(context: SKRSContext2D, light: Light, progress: number, width: number, height: number): void {
  const place = (axis: 0 | 1) =>
    light.centre[axis] + light.sway[axis] * Math.sin(progress * turn * light.rounds[axis] + light.phase[axis]);
  const { glow } = light;
  context.drawImage(glow, place(0) * width - glow.width / 2, place(1) * height - glow.height / 2);
}
