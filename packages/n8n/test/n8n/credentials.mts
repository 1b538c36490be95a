import type {
  ICredentialDataDecryptedObject,
  ICredentialType,
  IHttpRequestOptions,
  INode,
  IRequestOptionsSimplified,
  Workflow,
} from "n8n-workflow";
import { ICredentialsHelper, isExpression } from "./n8n-workflow.mts";

/** Credentials as n8n has them, without its database: one, and what it is filled in with. */
export class OneCredential extends ICredentialsHelper {
  readonly #type: ICredentialType;
  readonly data: ICredentialDataDecryptedObject;

  constructor(type: ICredentialType, data: ICredentialDataDecryptedObject) {
    super();
    this.#type = type;
    this.data = data;
  }

  /** As n8n's own: the headers of `authenticate`, their expressions evaluated. */
  async authenticate(
    credentials: ICredentialDataDecryptedObject,
    _type: string,
    options: IHttpRequestOptions | IRequestOptionsSimplified,
    workflow?: Workflow,
    node?: INode,
  ): Promise<IHttpRequestOptions> {
    const { authenticate } = this.#type;
    if (typeof authenticate !== "object" || workflow === undefined || node === undefined)
      throw new Error("Not like this.");
    const headers = Object.entries(authenticate.properties.headers ?? {}).map(([name, value]) => [
      name,
      isExpression(value)
        ? String(
            workflow.expression.getSimpleParameterValue(
              node,
              value,
              "internal",
              { $credentials: credentials },
              undefined,
              "",
            ),
          )
        : value,
    ]);
    return {
      url: "",
      ...options,
      headers: { ...options.headers, ...Object.fromEntries(headers) },
    } as IHttpRequestOptions;
  }

  async getDecrypted() {
    return this.data;
  }
  getParentTypes() {
    return [];
  }
  isCredentialUsableByNode() {
    return true;
  }
  async preAuthentication() {
    return undefined;
  }
  async runPreAuthentication() {
    return undefined;
  }
  async getCredentials(): Promise<never> {
    throw new Error("There is no database.");
  }
  async updateCredentials() {}
  async updateCredentialsOauthTokenData() {}
  getCredentialsProperties() {
    return this.#type.properties;
  }
}
