import { type Canvas, createCanvas, loadImage } from "@napi-rs/canvas";

/** Something that can be laid over a canvas. */
export interface Picture {
  /** `opacity` from 0 to 1. */
  draw(opacity: number): void;
}

/** Decodes an image file; drawn, it covers the whole canvas, cropped at the centre. */
export async function loadPicture(canvas: Canvas, file: Uint8Array): Promise<Picture> {
  const image = await loadImage(Buffer.from(file));
  const { width, height } = canvas;
  const scale = Math.max(width / image.width, height / image.height);
  const cover = createCanvas(width, height);
  const [w, h] = [image.width * scale, image.height * scale];
  cover.getContext("2d").drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
  const context = canvas.getContext("2d");
  return {
    draw: (opacity) => {
      context.globalAlpha = opacity;
      context.drawImage(cover, 0, 0);
      context.globalAlpha = 1;
    },
  };
}
