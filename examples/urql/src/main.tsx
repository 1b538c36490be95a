import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { client } from "./client.ts";
import { MakeVideo } from "./make-video.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root.");
createRoot(root).render(
  <StrictMode>
    <Provider value={client}>
      <main>
        <h1>Reelwire with urql</h1>
        <MakeVideo />
      </main>
    </Provider>
  </StrictMode>,
);
