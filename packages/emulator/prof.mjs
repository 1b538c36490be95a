import { createCanvas } from "@napi-rs/canvas";
import { VideoEncoder, VideoFrame } from "@napi-rs/webcodecs";
import { createScene } from "./dist/clip/draw-scene.js";
import { renderClip } from "./dist/clip/render-clip.js";
import { loadWebCodecs } from "./dist/clip/webcodecs.js";
for (const [w, h] of [[1280, 720], [1920, 1080]]) {
  const canvas = createCanvas(w, h); let t = performance.now(); const s = createScene(canvas, "A hedgehog rides a tram"); console.log("scene", performance.now() - t);
  t = performance.now(); for (let i = 0; i < 48; i++) { s.draw(i / 48); } canvas.data(); console.log("draw48", performance.now() - t);
  t = performance.now(); for (let i = 0; i < 48; i++) { s.draw(i / 48); new VideoFrame(canvas, { timestamp: 0 }).close(); } console.log("draw+frame48", performance.now() - t);
  s.draw(0); t = performance.now(); for (let i = 0; i < 48; i++) { new VideoFrame(canvas, { timestamp: 0 }).close(); } console.log("frame48", performance.now() - t);
}
const c = await loadWebCodecs();
for (const [width, height] of [[1280, 720], [1920, 1080], [1080, 1920]]) for (const seconds of [4, 8]) for (const sound of [true, false]) {
  const t = performance.now(), u = process.cpuUsage(); const b = await renderClip(c, { prompt: "A hedgehog rides a tram " + seconds, width, height, seconds, sound, firstFrame: null, lastFrame: null }, () => false);
  const v = process.cpuUsage(u); console.log(width, height, seconds, sound, "wall", Math.round(performance.now() - t), "cpu", Math.round((v.user + v.system) / 1000), b.length);
}
