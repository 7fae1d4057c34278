import { expect, test } from "vitest";
import { changes } from "./useSteady";

const list = (text: string) => [...text];
const seen = (rows: string, read: string) => {
  const { news, gone } = changes({ key: "", rows: list(rows), read: list(read) }, (row) => row);
  return [news, [...gone].join("")];
};

test("what has come and what has gone is told apart from what fills the page up", () => {
  expect(seen("abc", "abc")).toEqual([0, ""]);
  expect(seen("abc", "xabc")).toEqual([1, ""]);
  expect(seen("abc", "xab")).toEqual([1, "c"]);
  expect(seen("abc", "acd")).toEqual([0, "b"]);
  expect(seen("abc", "xyz")).toEqual([0, "abc"]);
});
