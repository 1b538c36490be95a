import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The gateway answers only pages whose address it was told: this one, and no other when the port is taken.
  server: { port: 5173, strictPort: true },
});
