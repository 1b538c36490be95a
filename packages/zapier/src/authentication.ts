import { connectionFields, isApiKeyId } from "@reelwire/core";
import {
  cancelVideoDocument,
  listVideosDocument,
  listWebhooksDocument,
  ReelwireError,
} from "@reelwire/core/operations";
import type { Authentication, Bundle, ZObject } from "zapier-platform-core";
import { askPlainly } from "./ask-gateway.ts";
import { gatewayHost } from "./gateway-address.ts";
import { asZapierError, isGatewayCode } from "./refusal.ts";

const HELP = "https://github.com/reelwire/reelwire/blob/main/packages/zapier/README.md#connecting";

/** The id of no video: to cancel it does nothing, and says whether one might. */
const NO_VIDEO = "video_00000000000000000000000000";

/** What a step may have to do, by the scope that allows it. Nothing is made or changed. */
const TRIALS: Readonly<Record<string, (z: ZObject, bundle: Bundle) => Promise<unknown>>> = {
  "videos:read": (z, bundle) => askPlainly(z, bundle, listVideosDocument, { first: 1 }),
  "videos:create": (z, bundle) => askPlainly(z, bundle, cancelVideoDocument, { id: NO_VIDEO }),
  webhooks: (z, bundle) => askPlainly(z, bundle, listWebhooksDocument, {}),
};

/** What is known of a connection that works. */
interface Connection extends Record<string, unknown> {
  host: string;
  keyId: string | null;
}

/**
 * Whether there is a gateway, it takes the key, and the key allows all that steps do: each that is missing is told.
 *
 * @throws what is wrong: with the address, with what answers there, with the key, or with its scopes
 */
async function test(z: ZObject, bundle: Bundle): Promise<Connection> {
  const missing: string[] = [];
  for (const [scope, trial] of Object.entries(TRIALS)) {
    try {
      await trial(z, bundle);
    } catch (error) {
      if (!(error instanceof ReelwireError)) throw error;
      if (error.code === "FORBIDDEN") missing.push(`\`${scope}\``);
      else if (error.code !== "NOT_FOUND" || scope !== "videos:create") throw connectionProblem(z, bundle, error);
    }
  }
  if (missing.length > 0) {
    const scopes = new Intl.ListFormat("en").format(missing);
    const one = missing.length === 1 ? "scope" : "scopes";
    throw new z.errors.Error(`The API key lacks the ${one} ${scopes}. Give a key that has them.`, "MISSING_SCOPES");
  }
  return { host: gatewayHost(bundle.authData), keyId: keyIdOf(bundle.authData) };
}

function connectionProblem(z: ZObject, { authData }: Bundle, error: ReelwireError): unknown {
  if (error.code === "NETWORK") return new z.errors.Error(`${error.message} Is the address right?`, "UNREACHABLE");
  if (isGatewayCode(error.code)) return asZapierError(z, error);
  const message = `What answers at ${gatewayHost(authData)} is no Reelwire gateway, or an older one. ${error.message}`;
  return new z.errors.Error(message, "NO_GATEWAY");
}

/** The id of an API key, which is in it, and by which it is known where keys are listed. */
function keyIdOf({ apiKey = "" }: Bundle["authData"]): string | null {
  const id = `key_${/^rwk_([a-z0-9]{26})_/.exec(apiKey.trim())?.[1]}`;
  return isApiKeyId(id) ? id : null;
}

/** By what people tell their connections apart. */
async function connectionLabel(_z: ZObject, { authData }: Bundle): Promise<string> {
  const host = gatewayHost(authData);
  const keyId = keyIdOf(authData);
  return keyId === null ? host : `${host} (${keyId})`;
}

/** A gateway's address, and an API key. */
export const authentication = {
  type: "custom",
  fields: [
    {
      key: "url",
      label: connectionFields.url.label,
      helpText: connectionFields.url.description,
      required: true,
      placeholder: connectionFields.url.sample,
      type: "string",
    },
    {
      key: "apiKey",
      label: connectionFields.apiKey.label,
      helpText: `${connectionFields.apiKey.description} [How to make a key](${HELP})`,
      required: true,
      type: "password",
    },
  ],
  test,
  connectionLabel,
} as const satisfies Authentication;
