import type { Fault } from "@crossdock/api";
import { t } from "@lingui/core/macro";
import { CloseButton, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useId, useState } from "react";
import { having, type OrderSearch } from "./search";
import { puzzleOf, withText } from "./searchText";

interface SearchBoxProps {
  search: OrderSearch;
  go: (search: OrderSearch) => void;
  fault?: Fault;
}

/** Words and criteria in one field. While one types the text is the search; Enter makes chips of its criteria. */
export function SearchBox({ search, go, fault }: SearchBoxProps) {
  const value = search.q ?? "";
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  const help = useId();
  const later = useDebouncedCallback((next: string) => {
    setSent(next);
    go(having(search, { q: next }));
  }, 250);
  // The address has changed otherwise than by typing: another view, or back.
  if (value !== sent) {
    setSent(value);
    setText(value);
  }
  const puzzle = fault?.kind === "invalid" && text === value ? puzzleOf(value, fault.message) : undefined;
  return (
    <form
      role="search"
      style={{ flex: 1, minWidth: 220 }}
      onSubmit={(event) => {
        event.preventDefault();
        later.cancel();
        const next = withText(having(search, {}), text);
        setSent(next.q ?? "");
        setText(next.q ?? "");
        go(next);
      }}
    >
      <TextInput
        data-screen-search
        aria-label={t`Search orders`}
        aria-invalid={puzzle !== undefined}
        aria-describedby={puzzle && help}
        placeholder={t`Number, customer, e-mail, SKU, or state:closed total:>100`}
        leftSection={<Search size={15} aria-hidden />}
        rightSection={text ? <CloseButton size="sm" aria-label={t`Clear the search`} onClick={() => go(having(search, { q: undefined }))} /> : undefined}
        value={text}
        spellCheck={false}
        onChange={(event) => {
          setText(event.currentTarget.value);
          later(event.currentTarget.value);
        }}
      />
      {puzzle && (
        <Text size="sm" id={help} role="alert" mt={4}>
          <span className="puzzle">
            {puzzle.before}
            <mark>{puzzle.word}</mark>
            {puzzle.after}
          </span>{" "}
          {puzzle.why}
        </Text>
      )}
    </form>
  );
}
