import { defaultFieldResolver, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { type FieldAccess, needs } from "./authorization.ts";
import { builder } from "./builder.ts";
import type { GraphqlContext } from "./context.ts";
import "./date-time.ts";
import "./video-type.ts";
import "./create-video.ts";
import "./cancel-video.ts";
import "./find-videos.ts";
import "./models.ts";
import "./quote-video.ts";
import "./usage.ts";
import "./budgets.ts";
import "./webhooks.ts";
import "./webhook-deliveries.ts";
import "./access-tokens.ts";
import "./api-keys.ts";
import "./watch-videos.ts";
import "./renew-access.ts";

/** The whole API, printed in the order it is written in. */
export const schema = lookingAgain(sayingNeeds(builder.toSchema({ sortSchema: false })));

function fieldsOf(...types: (GraphQLObjectType | null | undefined)[]) {
  return types.flatMap((type) => Object.values(type?.getFields() ?? {}));
}

/** Has the description of each root field say who may ask for it. */
function sayingNeeds(schema: GraphQLSchema): GraphQLSchema {
  for (const field of fieldsOf(schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType())) {
    const { pothosOptions } = field.extensions as { pothosOptions?: { authScopes?: Partial<FieldAccess> } };
    field.description = `${field.description} ${needs(pothosOptions?.authScopes ?? {})}`;
  }
  return schema;
}

/**
 * Has each query and mutation look again whether its caller's rights still hold, since an operation may have many, and go on
 * long after it was let in.
 */
function lookingAgain(schema: GraphQLSchema): GraphQLSchema {
  for (const field of fieldsOf(schema.getQueryType(), schema.getMutationType())) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = (root, args, context: GraphqlContext, info) => {
      context.access.assertCurrent(context.caller);
      return resolve(root, args, context, info);
    };
  }
  return schema;
}
