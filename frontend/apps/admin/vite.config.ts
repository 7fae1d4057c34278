import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { messages } from "../../vite.shared.ts";

/** Where the API listens while the app is being developed. */
const api = process.env.CROSSDOCK_API ?? "http://127.0.0.1:8000";
const proxy = { "/graphql": { target: api, ws: true }, "/documents": { target: api }, "/files": { target: api } };

/** What the server sends with these files: `npm run preview` shows whether they live with it. */
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

export default defineConfig({
  base: "/admin/",
  plugins: [react(), messages()],
  server: { port: 5173, strictPort: true, proxy },
  preview: { port: 4173, strictPort: true, proxy, headers: { "Content-Security-Policy": policy } },
  build: {
    outDir: "../../../backend/static/admin",
    emptyOutDir: true,
    // The content security policy allows no data: scripts, and fonts are files of their own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
});
