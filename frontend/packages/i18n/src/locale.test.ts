import { expect, test } from "vitest";
import { formattingLocale, preferredLocale } from "./locale";

test("a choice made here before comes first", () => {
  expect(preferredLocale("de", ["en-US"])).toBe("de");
});
test("else the first known language of the browser", () => {
  expect(preferredLocale(null, ["fr-FR", "de-AT", "en"])).toBe("de");
  expect(preferredLocale("xx", ["fr"])).toBe("en");
});
test("numbers and dates follow the person's region", () => {
  expect(formattingLocale("de", ["en-US", "de-CH"])).toBe("de-CH");
  expect(formattingLocale("de", ["en-US"])).toBe("de");
  expect(formattingLocale("en", ["de-DE"])).toBe("en-GB");
});
