/** Of an execution of a workflow, as far as it is of interest here. */
export interface Execution {
  id: string;
  status: string;
  waitTill: string | null;
  data?: {
    resultData: { error?: { message: string }; runData: Record<string, NodeRun[]> };
  };
}

/** What a node did, once. */
export interface NodeRun {
  executionStatus: string;
  data?: { main: (NodeItem[] | null)[] };
}

/** What a node gave. */
export interface NodeItem {
  json: { id?: string; status?: string; happened?: string };
  binary?: { data?: { mimeType: string; fileName?: string; fileSize?: string } };
}

/** A workflow as n8n exports it. */
export interface Workflow {
  name: string;
  nodes: { name: string; credentials?: Record<string, { id: string; name: string }> }[];
  connections: object;
  settings: object;
}

const SCOPES = ["credential:create", "workflow:create", "workflow:activate", "execution:list", "execution:read"];

/** The owner that a new n8n is given. */
export const OWNER = { email: "owner@example.com", firstName: "Paper", lastName: "Boat", password: "Paper-boat-1042" };

/** n8n's public API, with a key of the owner's. */
export class N8nApi {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = `${url}/api/v1`;
    this.#key = key;
  }

  async #send<T>(path: string, body?: object): Promise<T> {
    return await answerOf<T>(
      await fetch(`${this.#url}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { "x-n8n-api-key": this.#key, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
  }

  /** @returns its id */
  async createCredential(name: string, type: string, data: object): Promise<string> {
    return (await this.#send<{ id: string }>("/credentials", { name, type, data })).id;
  }

  /** Publishes it too. @param credentials their ids by name @returns its id */
  async publishWorkflow(workflow: Workflow, credentials: Readonly<Record<string, string>>): Promise<string> {
    const { name, connections, settings } = workflow;
    const nodes = workflow.nodes.map((node) => ({
      ...node,
      credentials: Object.fromEntries(
        Object.entries(node.credentials ?? {}).map(([type, used]) => [
          type,
          { name: used.name, id: credentials[used.name] ?? used.id },
        ]),
      ),
    }));
    const { id } = await this.#send<{ id: string }>("/workflows", { name, nodes, connections, settings });
    await this.#send(`/workflows/${id}/activate`, {});
    return id;
  }

  /** The newest execution of a workflow, with what its nodes gave. Null before there is one. */
  async findExecution(workflowId: string): Promise<Execution | null> {
    const { data } = await this.#send<{ data: Execution[] }>(
      `/executions?workflowId=${workflowId}&includeData=true&limit=1`,
    );
    return data[0] ?? null;
  }
}

/** Gives a new n8n its owner, and the owner a key. */
export async function setUpOwner(url: string): Promise<N8nApi> {
  const headers = { "content-type": "application/json", "browser-id": "reelwire-example" };
  const setUp = await fetch(`${url}/rest/owner/setup`, { method: "POST", headers, body: JSON.stringify(OWNER) });
  await answerOf(setUp);
  const cookie = setUp.headers
    .getSetCookie()
    .map((set) => set.split(";")[0])
    .join("; ");
  const made = await fetch(`${url}/rest/api-keys`, {
    method: "POST",
    headers: { ...headers, cookie },
    body: JSON.stringify({ label: "example", expiresAt: null, scopes: SCOPES }),
  });
  const { data } = await answerOf<{ data: { rawApiKey: string } }>(made);
  return new N8nApi(url, data.rawApiKey);
}

async function answerOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`n8n answered ${response.url} with ${response.status}: ${text}`);
  return JSON.parse(text);
}
