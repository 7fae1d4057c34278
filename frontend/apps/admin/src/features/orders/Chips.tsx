import { t } from "@lingui/core/macro";
import { Button, Group, Pill } from "@mantine/core";
import { chipText } from "./facets";
import { chipsOf, type OrderSearch, without } from "./search";
import { textOf } from "./searchText";

/** The criteria in use; as text they can be edited, kept and sent. */
export function Chips({ search, go }: { search: OrderSearch; go: (search: OrderSearch) => void }) {
  const chips = chipsOf(search);
  return (
    <Group gap={6} role="group" aria-label={t`Filters in use`}>
      {chips.map((chip) => {
        const text = chipText(chip, search);
        return (
          <Pill
            key={`${chip.criterion}${chip.value ?? ""}`}
            withRemoveButton
            onRemove={() => go(without(search, chip))}
            size="md"
            removeButtonProps={{ "aria-label": t`Remove the filter ${text}`, "aria-hidden": false, tabIndex: 0 }}
          >
            {text}
          </Pill>
        );
      })}
      {chips.some((chip) => chip.criterion !== "not") && (
        <Button size="compact-xs" variant="subtle" onClick={() => go({ q: textOf(search), not: search.not, sort: search.sort, view: search.view, columns: search.columns })}>
          {t`Edit as text`}
        </Button>
      )}
      <Button size="compact-xs" variant="subtle" onClick={() => go({ sort: search.sort })}>
        {t`Clear all`}
      </Button>
    </Group>
  );
}
