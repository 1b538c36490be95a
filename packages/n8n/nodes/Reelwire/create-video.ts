import { createHash } from "node:crypto";
import { type CreatedVideo, type CreateVideoInput, createVideoDocument } from "@reelwire/core/operations";
import type { IDataObject, IExecuteFunctions } from "n8n-workflow";
import { ask } from "../../gateway/ask.ts";
import { frameAddress } from "./frame.ts";

/** Asks for the video of one item. `callbackUrl`: what is called when it is finished. */
export async function createVideo(
  step: IExecuteFunctions,
  itemIndex: number,
  callbackUrl: string | null,
): Promise<CreatedVideo> {
  const { imageField, lastImageField, ...given } = filledIn(
    step.getNodeParameter("additionalFields", itemIndex) as IDataObject,
  );
  const hasOwnKey = "idempotencyKey" in given;
  const frame = (field: unknown) => frameAddress(step, itemIndex, String(field), hasOwnKey);
  const asked = {
    ...filledIn({ model: step.getNodeParameter("model", itemIndex) as string }),
    ...given,
    ...(imageField !== undefined && { imageUrl: await frame(imageField) }),
    ...(lastImageField !== undefined && { lastImageUrl: await frame(lastImageField) }),
    prompt: step.getNodeParameter("prompt", itemIndex) as string,
  };
  const input: CreateVideoInput = { idempotencyKey: keyOfStep(step, itemIndex, asked), ...asked, callbackUrl };
  return (await ask(step, createVideoDocument, { input })).createVideo;
}

/** What people leave empty in a form is not given. */
function filledIn(given: IDataObject): IDataObject {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "" && value != null));
}

/**
 * The same whenever this step is tried again for this item: it is of the execution, the step in it, its turn there (a loop has many),
 * and the item. An execution that is started anew, as also n8n's own retry starts it, is another, and makes another video. Executions
 * are known by their address too, since where n8n's database was made anew they are counted from 1 again. What is asked for is part of
 * it, since an agent may use one step twice in one turn.
 */
function keyOfStep(step: IExecuteFunctions, itemIndex: number, asked: object): string {
  const resumeUrl = step.evaluateExpression("{{ $execution.resumeUrl }}", itemIndex);
  const turn = step.evaluateExpression("{{ $runIndex }}", itemIndex);
  const hash = createHash("sha256")
    .update(JSON.stringify([resumeUrl, asked]))
    .digest("base64url");
  return ["n8n", step.getExecutionId(), step.getNode().id, turn, itemIndex, hash].join("-");
}
