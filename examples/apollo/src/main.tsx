import { ApolloProvider } from "@apollo/client/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { client } from "./client.ts";
import { LatestVideos } from "./latest-videos.tsx";
import { MakeVideo } from "./make-video.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root.");
createRoot(root).render(
  <StrictMode>
    <ApolloProvider client={client}>
      <main>
        <h1>Reelwire with Apollo Client</h1>
        <MakeVideo />
        <LatestVideos />
      </main>
    </ApolloProvider>
  </StrictMode>,
);
