import { TypeID, typeid } from "typeid-js";

const DELIVERY = "delivery";

/** A new id of a webhook: `webhook_` and 26 characters, unique, sortable by time of creation. */
export function newWebhookId(): string {
  return typeid("webhook").toString();
}

/** The UUID inside the id of a delivery, or `null` when the text is no such id. */
export function deliveryIdToUuid(id: string): string | null {
  try {
    const parsed = TypeID.fromString(id);
    return parsed.getType() === DELIVERY ? parsed.toUUID() : null;
  } catch {
    return null;
  }
}

/** The id of the delivery with this UUID: `delivery_` and 26 characters. */
export function deliveryIdFromUuid(uuid: string): string {
  return TypeID.fromUUID(DELIVERY, uuid).toString();
}
