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

interface DataTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** Click, or Enter on the row's keyboard position. The row should also hold a link of its own. */
  onOpen?: (row: Row) => void;
  active?: string | null;
  dense?: boolean;
}

/** A real table. Rows that open take j/k and the arrows between their links. */
export function DataTable<Row>({ label, columns, rows, rowId, onOpen, active, dense }: DataTableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);

  function step(event: KeyboardEvent) {
    if (!onOpen || event.ctrlKey || event.metaKey || event.altKey) return;
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
          {rows.map((row) => {
            const id = rowId(row);
            return (
              // The row holds a link; the click is a larger target for the same thing.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <tr
                key={id}
                data-link={onOpen ? "" : undefined}
                data-active={active === id ? "" : undefined}
                onClick={onOpen && ((event) => click(event, row))}
              >
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

/** Whether single keys now mean letters. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
