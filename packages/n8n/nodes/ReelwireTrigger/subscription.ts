import {
  type CreateWebhookInput,
  createWebhookDocument,
  deleteWebhookDocument,
  enableWebhookDocument,
  findWebhookDocument,
  ReelwireError,
} from "@reelwire/core/operations";
import type { IDataObject, IHookFunctions, IWebhookFunctions } from "n8n-workflow";
import { ask } from "../../gateway/ask.ts";
import { nodeError } from "../../gateway/node-error.ts";

/** What n8n keeps with the workflow between its runs. */
interface Kept extends IDataObject {
  webhookId?: string;
  secret?: string;
  /** What it was made of, to know it by when the node was changed. */
  input?: string;
}

/** Whether the gateway tells this trigger of what it is to be told. Only the gateway knows: it may have been deleted, or switched off, there. */
export async function isSubscribed(hook: IHookFunctions): Promise<boolean> {
  const { webhookId, secret, input } = kept(hook);
  if (webhookId === undefined || secret === undefined || input !== JSON.stringify(subscriptionInput(hook)))
    return false;
  const { webhook } = await ask(hook, findWebhookDocument, { id: webhookId });
  return webhook !== null && webhook.disabledAt === null;
}

/** Has the gateway tell this trigger. Where it does already it is the same webhook, with the same secret. */
export async function subscribe(hook: IHookFunctions | IWebhookFunctions): Promise<string> {
  const input = subscriptionInput(hook);
  const { webhook, secret } = (await ask(hook, createWebhookDocument, { input })).createWebhook;
  if (webhook.disabledAt !== null) await ask(hook, enableWebhookDocument, { id: webhook.id });
  Object.assign(kept(hook), { webhookId: webhook.id, secret, input: JSON.stringify(input) });
  return secret;
}

/** Has the gateway tell this trigger no more. Where it does not anyway, that is well. */
export async function unsubscribe(hook: IHookFunctions): Promise<void> {
  const data = kept(hook);
  if (data.webhookId !== undefined) {
    try {
      await ask(hook, deleteWebhookDocument, { id: data.webhookId });
    } catch (error) {
      if (!(error instanceof ReelwireError && error.code === "NOT_FOUND")) throw nodeError(hook.getNode(), error);
    }
  }
  for (const name of ["webhookId", "secret", "input"]) delete data[name];
}

/** What deliveries are signed with, as far as is known here. */
export function keptSecret(woken: IWebhookFunctions): string | null {
  return kept(woken).secret ?? null;
}

function kept(hook: IHookFunctions | IWebhookFunctions): Kept {
  return hook.getWorkflowStaticData("node");
}

function subscriptionInput(hook: IHookFunctions | IWebhookFunctions): CreateWebhookInput {
  const filter = hook.getNodeParameter("filter", {}) as IDataObject;
  return {
    url: String(hook.getNodeWebhookUrl("default")),
    events: hook.getNodeParameter("events") as CreateWebhookInput["events"],
    filter: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== "")),
  };
}
