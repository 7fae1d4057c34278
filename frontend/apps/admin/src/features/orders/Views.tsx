import { graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { useSession } from "@crossdock/shell";
import { t } from "@lingui/core/macro";
import { Button, Menu, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Ellipsis, Plus, Users } from "lucide-react";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { report } from "../../lib/tell";
import { filterOf, type OrderSearch, readOrderSearch } from "./search";

const VIEWS = graphql(`query Views { savedSearches { id name query filter columns sort shared own } }`);
const CREATE = graphql(`mutation ViewCreate($input: SavedSearchInput!) { savedSearchCreate(input: $input) { savedSearch { id } userErrors { code message path } } }`);
const UPDATE = graphql(`mutation ViewUpdate($input: SavedSearchUpdateInput!) { savedSearchUpdate(input: $input) { savedSearch { id } userErrors { code message path } } }`);
const DELETE = graphql(`mutation ViewDelete($input: SavedSearchIdInput!) { savedSearchDelete(input: $input) { savedSearch { id } userErrors { code message path } } }`);

type View = ResultOf<typeof VIEWS>["savedSearches"][number];

function searchOf(view: View): OrderSearch {
  return readOrderSearch({ ...(view.filter as Record<string, unknown>), q: view.query, sort: view.sort, columns: view.columns, view: view.id });
}

/** What a view keeps of a search. */
function kept(search: OrderSearch) {
  return { filter: filterOf(search), query: search.q ?? null, columns: search.columns ?? [], sort: search.sort ?? null };
}

interface ViewsProps {
  search: OrderSearch;
  /** The columns as they are shown now: what a new view keeps. */
  columns: readonly string[];
  go: (search: OrderSearch) => void;
}

/** Saved searches, one's own and the house's, as tabs above the list. */
export function Views({ search, columns, go }: ViewsProps) {
  const { data, refresh } = useLive(VIEWS, {}, { types: ["SavedSearch"] });
  const [asking, setAsking] = useState<"new" | "change" | null>(null);
  const views = data?.savedSearches ?? [];
  const open = views.find((view) => view.id === search.view);
  const changed = open && JSON.stringify(kept(search)) !== JSON.stringify(kept(searchOf(open)));
  const narrowed = Object.keys(filterOf(search)).length > 0 || search.q !== undefined || search.sort !== undefined;
  return (
    <div className="views">
      <nav aria-label={t`Views`}>
        <Link to="/orders" search={{}} className="view" activeOptions={{ exact: true, includeSearch: false }} data-first={(!open && !narrowed) || undefined}>
          {t`All orders`}
        </Link>
        {views.map((view) => (
          <Link key={view.id} to="/orders" search={searchOf(view)} className="view" data-open={view === open || undefined}>
            {view.shared && <Users size={13} aria-label={t`shared`} />}
            {view.name}
            {view === open && changed && <span title={t`changed`}> •</span>}
          </Link>
        ))}
      </nav>
      {open ? (
        <ViewMenu view={open} changed={changed === true} search={search} go={go} refresh={refresh} ask={setAsking} />
      ) : (
        narrowed && (
          <Button size="compact-xs" variant="subtle" leftSection={<Plus size={13} aria-hidden />} onClick={() => setAsking("new")}>
            {t`Save this view`}
          </Button>
        )
      )}
      {asking && <Save asking={asking} view={open} search={search} columns={columns} go={go} refresh={refresh} onClose={() => setAsking(null)} />}
    </div>
  );
}

interface ViewMenuProps {
  view: View;
  changed: boolean;
  search: OrderSearch;
  go: (search: OrderSearch) => void;
  refresh: () => void;
  ask: (what: "new" | "change") => void;
}

function ViewMenu({ view, changed, search, go, refresh, ask }: ViewMenuProps) {
  const { can } = useSession();
  const update = useAction(UPDATE);
  const remove = useAction(DELETE);
  const mayChange = view.own || can("ADMIN", "MANAGER");
  async function save() {
    const outcome = await update.run({ input: { savedSearchId: view.id, name: view.name, shared: view.shared, ...kept(search) } });
    if (report(outcome, t`The view is saved.`)) refresh();
  }
  async function drop() {
    if (!report(await remove.run({ input: { savedSearchId: view.id } }), t`The view is deleted.`)) return;
    refresh();
    go({});
  }
  return (
    <>
      {changed && mayChange && (
        <Button size="compact-xs" variant="subtle" loading={update.running} onClick={() => void save()}>
          {t`Save changes`}
        </Button>
      )}
      <Menu withinPortal position="bottom-start">
        <Menu.Target>
          <Button size="compact-xs" variant="subtle" aria-label={t`View ${view.name}`}>
            <Ellipsis size={15} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => ask("new")}>{t`Save as a new view`}</Menu.Item>
          {mayChange && <Menu.Item onClick={() => ask("change")}>{t`Rename or share`}</Menu.Item>}
          {mayChange && <Menu.Item onClick={() => void drop()}>{t`Delete the view`}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

interface SaveProps extends ViewsProps {
  asking: "new" | "change";
  view?: View;
  refresh: () => void;
  onClose: () => void;
}

function Save({ asking, view, search, columns, go, refresh, onClose }: SaveProps) {
  const create = useAction(CREATE);
  const update = useAction(UPDATE);
  const { can } = useSession();
  const changing = asking === "change" && view;
  return (
    <FormDialog
      title={changing ? t`Rename or share` : t`Save this view`}
      intro={<Text size="sm">{t`The filters, the text, the sort and the columns are kept.`}</Text>}
      fields={[
        { name: "name", label: t`Name`, required: true, initial: changing ? changing.name : "" },
        ...(can("CHANNEL") ? [] : [{ name: "shared", label: t`Everybody in the house sees it`, kind: "check" as const, initial: changing ? changing.shared : false }]),
      ]}
      submit={t`Save`}
      done={t`The view is saved.`}
      onClose={onClose}
      send={async (form) => {
        const given = { name: form.text("name"), shared: form.check("shared") };
        if (changing) return update.run({ input: { savedSearchId: changing.id, ...kept(searchOf(changing)), ...given } });
        return create.run({ input: { ...kept({ ...search, columns: [...columns] }), ...given } });
      }}
      onDone={(payload) => {
        onClose();
        refresh();
        if (!changing && payload.savedSearch) go({ ...search, columns: [...columns], view: payload.savedSearch.id });
      }}
    />
  );
}
