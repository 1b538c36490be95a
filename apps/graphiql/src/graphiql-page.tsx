import { GraphiQL } from "graphiql";
import { useMemo, useState } from "react";
import { createFetcher } from "./create-fetcher.ts";
import { CredentialField } from "./credential-field.tsx";
import { exampleTabs } from "./example-tabs.ts";
import { LatestVideo } from "./latest-video.tsx";
import { storageWithoutHeaders } from "./storage-without-headers.ts";

const tabs = exampleTabs(new Date());
const storage = storageWithoutHeaders(localStorage);

/**
 * GraphiQL in front of a gateway, with an example in each tab. What is written in the tabs is kept by the browser; the credential and the
 * headers are not.
 *
 * @param endpoint the gateway's GraphQL, for HTTP and websockets
 */
export function GraphiqlPage({ endpoint }: { endpoint: URL }) {
  const [credential, setCredential] = useState("");
  const [latestVideoId, setLatestVideoId] = useState<string | null>(null);
  // Another fetcher has GraphiQL ask for the schema again.
  const fetcher = useMemo(
    () => createFetcher({ endpoint, credential, onVideo: setLatestVideoId }),
    [endpoint, credential],
  );
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs}
      defaultEditorToolsVisibility="variables"
      storage={storage}
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo>
        <CredentialField onChange={setCredential} />
      </GraphiQL.Logo>
      <LatestVideo id={latestVideoId} />
    </GraphiQL>
  );
}
