import { connectionFields } from "@reelwire/core";
import type {
  IAuthenticateGeneric,
  ICredentialTestRequest,
  ICredentialType,
  Icon,
  INodeProperties,
} from "n8n-workflow";
import { wording } from "../fields/wording.ts";

/** A gateway, and the key that it knows its caller by. */
export class ReelwireApi implements ICredentialType {
  name = "reelwireApi";

  displayName = "Reelwire API";

  icon: Icon = { light: "file:../icons/reelwire.svg", dark: "file:../icons/reelwire.dark.svg" };

  documentationUrl = "https://github.com/reelwire/reelwire/tree/main/packages/n8n#credentials";

  properties: INodeProperties[] = [
    {
      displayName: connectionFields.url.label,
      name: "url",
      type: "string",
      default: "",
      required: true,
      placeholder: `e.g. ${connectionFields.url.sample}`,
      description: wording(connectionFields.url.description),
    },
    {
      displayName: connectionFields.apiKey.label,
      name: "apiKey",
      type: "string",
      typeOptions: { password: true },
      default: "",
      required: true,
      description: wording(connectionFields.apiKey.description),
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: "generic",
    properties: { headers: { Authorization: "=Bearer {{$credentials.apiKey}}" } },
  };

  // What all of the node and the trigger needs; a key of no use for it is told here rather than in the middle of a workflow. `gatewayUrl`
  // says the same of the address, which only an expression can say here. An answer of whatever status is held to the rules, the last of
  // which knows by what is missing that no gateway answered.
  test: ICredentialTestRequest = {
    request: {
      baseURL: '={{$credentials.url.trim().replace(/\\/+$/, "").replace(/\\/graphql$/, "")}}',
      url: "/graphql",
      method: "POST",
      ignoreHttpStatusErrors: true,
      body: { query: "{ videos(first: 1) { nodes { id } } webhooks { id } }" },
    },
    rules: [
      {
        type: "responseSuccessBody",
        properties: {
          key: "errors[0].extensions.code",
          value: "UNAUTHENTICATED",
          message: "The gateway does not know this API key.",
        },
      },
      {
        type: "responseSuccessBody",
        properties: {
          key: "errors[0].extensions.code",
          value: "FORBIDDEN",
          message: "The API key lacks one of the scopes videos:read and webhooks.",
        },
      },
      {
        type: "responseSuccessBody",
        properties: { key: "data.videos", value: undefined, message: "No gateway answers at this address." },
      },
    ],
  };
}
