import { t } from "@lingui/core/macro";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef } from "react";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  align?: "right";
  nowrap?: boolean;
  /** The cell that names the row. */
  heading?: boolean;
  /** Said to screen readers alone. */
  quiet?: boolean;
}

/** Rows that are ticked; `name` says to screen readers which row a box is of. */
export interface Selection<Row> {
  chosen: ReadonlySet<string>;
  choose: (ids: Set<string>) => void;
  name: (row: Row) => string;
}

interface DataTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** Click, or Enter on the row's keyboard position. The row should also hold a link of its own. */
  onOpen?: (row: Row) => void;
  active?: string | null;
  dense?: boolean;
  /** With it, x ticks the row of the keyboard, Shift also those up to it. */
  selection?: Selection<Row>;
  /** Rows that stand here no longer, but are not taken away under the pointer. */
  faded?: (row: Row) => boolean;
}

/** A real table. Rows that open take j/k and the arrows between their links. */
export function DataTable<Row>({ label, columns, rows, rowId, onOpen, active, dense, selection, faded }: DataTableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const ticked = useRef(-1);

  function tick(place: number, through: boolean) {
    if (!selection || !rows[place]) return;
    const next = new Set(selection.chosen);
    const on = !next.has(rowId(rows[place]));
    const from = through && ticked.current >= 0 ? ticked.current : place;
    for (const row of rows.slice(Math.min(from, place), Math.max(from, place) + 1)) {
      if (on) next.add(rowId(row));
      else next.delete(rowId(row));
    }
    ticked.current = place;
    selection.choose(next);
  }

  function step(event: KeyboardEvent) {
    if (!onOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "x" && selection && !isTyping(event.target)) {
      const all = [...(body.current?.rows ?? [])];
      return tick(all.findIndex((row) => row.contains(document.activeElement)), event.shiftKey);
    }
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!by || isTyping(event.target)) return;
    const links = [...(body.current?.querySelectorAll<HTMLElement>("[data-row-link] a, [data-row-link] button") ?? [])];
    const row = document.activeElement?.closest("tr");
    const here = links.findIndex((link) => link.closest("tr") === row);
    const next = links[here + by];
    if (next) {
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  }

  function click(event: MouseEvent, row: Row) {
    if ((event.target as HTMLElement).closest("a,button,input,label,select,textarea")) return;
    if (window.getSelection()?.toString()) return;
    onOpen?.(row);
  }

  return (
    <div className="cd-scroll" role="region" aria-label={label} tabIndex={-1}>
      <table className="cd-table" data-dense={dense || undefined}>
        <caption>
          <span className="cd-hidden">{label}</span>
        </caption>
        <thead>
          <tr>
            {selection && (
              <th scope="col" className="cd-tick">
                <Tick
                  label={t`Select all rows of this page`}
                  checked={rows.length > 0 && rows.every((row) => selection.chosen.has(rowId(row)))}
                  some={rows.some((row) => selection.chosen.has(rowId(row)))}
                  onTick={(_, on) => selection.choose(new Set(on ? rows.map(rowId) : []))}
                />
              </th>
            )}
            {columns.map((column) => (
              <th key={column.id} scope="col" data-align={column.align}>
                {column.quiet ? <span className="cd-hidden">{column.header}</span> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        {/* The keys move between links that are there anyway. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <tbody ref={body} onKeyDown={step}>
          {rows.map((row, place) => {
            const id = rowId(row);
            return (
              // The row holds a link; the click is a larger target for the same thing.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <tr
                key={id}
                data-link={onOpen ? "" : undefined}
                data-active={active === id ? "" : undefined}
                data-faded={faded?.(row) ? "" : undefined}
                data-chosen={selection?.chosen.has(id) ? "" : undefined}
                onClick={onOpen && ((event) => click(event, row))}
              >
                {selection && (
                  <td className="cd-tick">
                    <Tick label={t`Select ${selection.name(row)}`} checked={selection.chosen.has(id)} onTick={(through) => tick(place, through)} />
                  </td>
                )}
                {columns.map((column) =>
                  column.heading ? (
                    <th key={column.id} scope="row" data-row-link="" data-nowrap={column.nowrap || undefined}>
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.id} data-align={column.align} data-nowrap={column.nowrap || undefined}>
                      {column.cell(row)}
                    </td>
                  ),
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface TickProps {
  label: string;
  checked: boolean;
  some?: boolean;
  onTick: (through: boolean, on: boolean) => void;
}

function Tick({ label, checked, some = false, onTick }: TickProps) {
  return (
    <label>
      <input
        type="checkbox"
        aria-label={label}
        checked={checked}
        ref={(box) => {
          if (box) box.indeterminate = some && !checked;
        }}
        onChange={(event) => onTick((event.nativeEvent as unknown as PointerEvent).shiftKey === true, event.currentTarget.checked)}
      />
    </label>
  );
}

/** Whether single keys now mean letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement && target.type === "checkbox") return false;
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
