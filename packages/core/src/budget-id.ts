import { typeid } from "typeid-js";

/** A new id of a budget: `budget_` and 26 characters, unique, sortable by time of creation. */
export function newBudgetId(): string {
  return typeid("budget").toString();
}
