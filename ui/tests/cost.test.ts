import { describe, expect, it } from "vitest";
import { startI18n } from "../src/i18n/i18n";
import { costFact } from "../src/screens/changes/Facts";

const t = startI18n().getFixedT("en", "changes");

describe("r4_3 the cost of a change", () => {
  it("has a sign and a currency", () => {
    const cost = { monthly: 60.74, currency: "USD", unpriced: 0 };
    expect(costFact(cost, t, "en")).toEqual({ value: "+$60.74", word: "a month" });
    expect(costFact({ ...cost, monthly: -0.5 }, t, "en").value).toBe("-$0.50");
    expect(costFact({ ...cost, monthly: 0 }, t, "en").value).toBe("$0.00");
  });
  it("says that it is unknown, and why, never zero", () => {
    expect(costFact(null, t, "en")).toEqual({ value: "Unknown", word: "a month, no price data" });
    expect(costFact({ monthly: null, currency: "USD", unpriced: 2 }, t, "en")).toEqual({
      value: "Unknown",
      word: "a month: 2 resources have no known price",
    });
  });
});
