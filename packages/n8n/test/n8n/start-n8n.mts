import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { ExecutionLifecycleHooks, ExternalSecretsProxy, WebhookContext, WorkflowExecute } from "n8n-core";
import type {
  IConnections,
  IDataObject,
  INode,
  INodeExecutionData,
  IRun,
  IRunExecutionData,
  IWebhookData,
  IWebhookResponseData,
  IWorkflowBase,
  IWorkflowExecuteAdditionalData,
} from "n8n-workflow";
import { OneCredential } from "./credentials.mts";
import { createRunExecutionData, Workflow } from "./n8n-workflow.mts";
import { type LoadedPackage, loadPackage } from "./node-types.mts";

// n8n as far as our nodes meet it: the real n8n-core runs the workflows and gives the nodes their functions; of the server around
// it, which is 2.9 GB and no library, what `waiting-webhooks`, `webhook-helpers` and `wait-tracker` of n8n 2.41 do stands here.

/** How a workflow is run. */
export interface RunOptions {
  parameters: Record<string, unknown>;
  /** What the node is given. Default: one item with nothing in it. */
  items?: INodeExecutionData[];
  /** Settings of the node, such as `onError`. */
  settings?: Partial<INode>;
}

/** An execution as n8n's database has it. */
export interface Execution {
  id: string;
  status: "running" | "waiting" | "success" | "error";
  workflowData: IWorkflowBase;
  /** As JSON, so that nothing is kept that would not survive. */
  data: string;
}

/** Where one of n8n's addresses was called, and what it answered. */
export interface Called {
  path: string;
  status: number;
  body: string;
}

/** What an address of n8n's answers. */
export interface Answer {
  status: number;
  body: unknown;
}

/** What arrived at an address. */
export interface Received {
  request: IncomingMessage;
  rawBody: Buffer;
  /** Sends an answer, where none was sent yet: a node may answer before it is done. */
  answer(answer: Answer): void;
}

export class RunningN8n {
  readonly executions = new Map<string, Execution>();
  readonly called: Called[] = [];
  /** By their paths: what takes what arrives for a trigger. */
  readonly receivers = new Map<string, (received: Received) => Promise<Answer>>();
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #loaded: LoadedPackage;
  readonly credential: OneCredential;
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  /** While it is there, n8n has not written down yet what became of an execution. */
  #held: PromiseWithResolvers<void> | null = null;

  constructor(loaded: LoadedPackage, credential: OneCredential) {
    this.#loaded = loaded;
    this.credential = credential;
  }

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Runs a workflow of a first node, ours, and a last one, as far as it goes. */
  async run({ parameters, items = [{ json: {} }], settings = {} }: RunOptions): Promise<Execution> {
    const id = String(this.executions.size + 1);
    const nodes = [plainNode("Start", "test.start"), this.node(parameters, settings), plainNode("End", "test.end")];
    const [start, ours] = nodes;
    if (start === undefined || ours === undefined) throw new Error("Never.");
    const to = (node: string) => ({ main: [[{ node, type: "main" as const, index: 0 }]] });
    const connections: IConnections = { Start: to(ours.name), [ours.name]: to("End") };
    const workflowData = this.saved(nodes, connections);
    const data = createRunExecutionData({
      executionData: { nodeExecutionStack: [{ node: start, data: { main: [items] }, source: null }] },
      resumeToken: randomUUID(),
    });
    this.executions.set(id, { id, status: "running", workflowData, data: JSON.stringify(data) });
    return this.proceed(id);
  }

  /** A workflow as n8n's database has it. */
  saved(nodes: INode[], connections: IConnections): IWorkflowBase {
    const now = new Date();
    return {
      ...{ id: "workflow-1", name: "Test", active: true, isArchived: false, activeVersionId: null },
      ...{ createdAt: now, updatedAt: now, nodes, connections, settings: { executionOrder: "v1" } },
    };
  }

  /** Our node, as it stands in a workflow. */
  node(parameters: Record<string, unknown>, settings: Partial<INode> = {}): INode {
    return {
      ...plainNode("Make a video", "n8n-nodes-reelwire.reelwire"),
      parameters: JSON.parse(JSON.stringify({ resource: "video", ...parameters })),
      credentials: { reelwireApi: { id: "1", name: "Gateway" } },
      ...settings,
    };
  }

  workflow(workflowData: Pick<IWorkflowBase, "nodes" | "connections" | "settings">, staticData: IDataObject = {}) {
    return new Workflow({
      ...{ id: "workflow-1", name: "Test", active: true, nodeTypes: this.#loaded.nodeTypes, staticData },
      ...{ nodes: workflowData.nodes, connections: workflowData.connections },
      settings: workflowData.settings ?? {},
    });
  }

  /** Goes on with an execution as it stands in the database: at once, and also when its deadline has passed. */
  async proceed(id: string): Promise<Execution> {
    const execution = this.execution(id);
    execution.status = "running";
    const workflow = this.workflow(structuredClone(execution.workflowData));
    const data: IRunExecutionData = JSON.parse(execution.data);
    data.waitTill &&= new Date(data.waitTill);
    const additionalData = this.additionalData(id, execution.workflowData);
    const run: IRun = await new WorkflowExecute(additionalData, "trigger", data).processRunExecutionData(workflow);
    await this.#held?.promise;
    execution.data = JSON.stringify(run.data);
    execution.status = run.waitTill ? "waiting" : run.data.resultData.error ? "error" : "success";
    this.#events.emit("change");
    return execution;
  }

  execution(id: string): Execution {
    const found = this.executions.get(id);
    if (found === undefined) throw new Error(`There is no execution ${id}.`);
    return found;
  }

  /** Until something is so; looked at whenever an execution has got somewhere, or an address was called. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await once(this.#events, "change");
  }

  /** Keeps n8n from writing down what became of executions, as when its database is slow. */
  hold(): () => void {
    this.#held = Promise.withResolvers();
    return () => {
      this.#held?.resolve();
      this.#held = null;
    };
  }

  additionalData(executionId: string, workflowData: IWorkflowBase): IWorkflowExecuteAdditionalData {
    const no = async (): Promise<never> => {
      throw new Error("Not in these tests.");
    };
    const url = this.url;
    return {
      credentialsHelper: this.credential,
      externalSecretsProxy: new ExternalSecretsProxy(),
      executionId,
      hooks: new ExecutionLifecycleHooks("trigger", executionId, workflowData),
      currentNodeExecutionIndex: 0,
      variables: {},
      restApiUrl: `${url}/rest`,
      instanceBaseUrl: url,
      formBaseUrl: `${url}/form`,
      formWaitingBaseUrl: `${url}/form-waiting`,
      formTestBaseUrl: `${url}/form-test`,
      webhookBaseUrl: `${url}/webhook`,
      webhookWaitingBaseUrl: `${url}/webhook-waiting`,
      webhookTestBaseUrl: `${url}/webhook-test`,
      mcpBaseUrl: `${url}/mcp`,
      mcpTestBaseUrl: `${url}/mcp-test`,
      logAiEvent: () => {},
      executeWorkflow: no,
      getRunExecutionData: no,
      getRuntimeCredential: no,
      startRunnerTask: no,
    };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const [, kind, id = ""] = pathname.split("/");
    const rawBody = await buffer(request);
    const answer = ({ status, body }: Answer) => {
      if (response.writableEnded) return;
      response.once("close", () => {
        this.called.push({ path: pathname, status, body: rawBody.toString() });
        this.#events.emit("change");
      });
      response.statusCode = status;
      response.end(JSON.stringify(body ?? { message: "Not found" }));
    };
    const received = { request, rawBody, answer };
    const last =
      kind === "webhook-waiting"
        ? await this.#wake(id, searchParams.get("signature"), received)
        : await this.receivers.get(pathname)?.(received);
    answer(last ?? { status: 404, body: null });
    this.#events.emit("change");
  }

  /** What n8n's `WaitingWebhooks` and `executeWebhook` do. */
  async #wake(id: string, token: string | null, received: Received): Promise<Answer> {
    const execution = this.executions.get(id);
    if (execution === undefined) return { status: 404, body: { message: "The execution does not exist." } };
    const data: IRunExecutionData = JSON.parse(execution.data);
    if (token !== data.resumeToken) return { status: 401, body: { error: "Invalid token" } };
    if (execution.status !== "waiting")
      return { status: 409, body: { message: `The execution is ${execution.status}.` } };
    const [entry] = data.executionData?.nodeExecutionStack ?? [];
    if (entry === undefined) throw new Error("There is nothing to be woken.");
    entry.node.disabled = true;
    delete data.waitTill;
    const { lastNodeExecuted = "" } = data.resultData;
    data.resultData.runData[lastNodeExecuted]?.pop();
    const workflow = this.workflow(execution.workflowData);
    const node = workflow.getNode(lastNodeExecuted);
    if (node === null) throw new Error("There is no such node.");
    const called = await this.callWebhook(
      node,
      workflow,
      this.additionalData(id, execution.workflowData),
      data,
      received,
    );
    if (called.workflowData === undefined) return called.answer;
    // As n8n's database has it: of several that were called meanwhile, one goes on with the execution.
    if (execution.status !== "waiting") return { status: 500, body: { message: "It is being resumed already." } };
    Object.assign(entry.data, { main: called.workflowData });
    entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
    execution.data = JSON.stringify(data);
    void this.proceed(id);
    return called.answer;
  }

  /** Calls a node's `webhook` as n8n's `executeWebhook` does. */
  async callWebhook(
    node: INode,
    workflow: InstanceType<typeof Workflow>,
    additionalData: IWorkflowExecuteAdditionalData,
    data: IRunExecutionData | null,
    { request, rawBody, answer: send }: Received,
  ) {
    const type = this.#loaded.node(node.type);
    const [description] = type.description.webhooks ?? [];
    if (description === undefined || type.webhook === undefined) throw new Error("It has no webhook.");
    const answer: Answer = { status: 200, body: null };
    const httpResponse = {
      status(status: number) {
        answer.status = status;
        return httpResponse;
      },
      json(body: unknown) {
        answer.body = body;
        send(answer);
        return httpResponse;
      },
    };
    const body: unknown = JSON.parse(rawBody.toString());
    const httpRequest = { headers: request.headers, method: request.method, body, rawBody, query: {}, params: {} };
    // As an express app gives them, of which nodes see no more than this.
    Object.assign(additionalData, { httpRequest, httpResponse });
    const webhook: IWebhookData = {
      ...{ httpMethod: "POST", node: node.name, path: "", webhookDescription: description, workflowId: "workflow-1" },
      workflowExecuteAdditionalData: additionalData,
    };
    const context = new WebhookContext(workflow, node, additionalData, "trigger", webhook, [], data);
    const answered: IWebhookResponseData = await Reflect.apply(type.webhook, context, []);
    const { workflowData, webhookResponse, noWebhookResponse } = answered;
    if (noWebhookResponse !== true) answer.body = webhookResponse ?? null;
    return { answer, workflowData };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** @param url of the gateway */
export async function startN8n(url: string, apiKey: string): Promise<RunningN8n> {
  const loaded = await loadPackage();
  return new RunningN8n(loaded, new OneCredential(loaded.credential("reelwireApi"), { url, apiKey })).listen();
}

function plainNode(name: string, type: string): INode {
  return {
    id: `id-of-${name.toLowerCase().replaceAll(" ", "-")}`,
    name,
    type,
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
  };
}
