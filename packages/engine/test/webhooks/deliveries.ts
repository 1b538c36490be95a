import {
  BUILT_IN_VIEWER,
  type Engine,
  type Viewer,
  type WebhookDelivery,
  type WebhookDeliveryFilter,
} from "../../src/index.ts";

/** Reads the deliveries that a viewer sees until they are as they should be. */
export async function deliveriesOnce(
  engine: Engine,
  matches: (deliveries: WebhookDelivery[]) => boolean,
  filter: WebhookDeliveryFilter = {},
  viewer: Viewer = BUILT_IN_VIEWER,
): Promise<WebhookDelivery[]> {
  for (;;) {
    const deliveries = await engine.webhooks.deliveries(viewer, filter, 100);
    if (matches(deliveries)) return deliveries;
  }
}

/** The only delivery that a viewer sees, once it matches. */
export async function deliveryOnce(
  engine: Engine,
  matches: (delivery: WebhookDelivery) => boolean,
  filter: WebhookDeliveryFilter = {},
): Promise<WebhookDelivery> {
  const [delivery] = await deliveriesOnce(engine, ([one]) => one !== undefined && matches(one), filter);
  if (delivery === undefined) throw new Error("there is none");
  return delivery;
}
