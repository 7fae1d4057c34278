import { graphql, type ResultOf, useAction, useLive, type VariablesOf } from "@crossdock/api";
import { label, values } from "@crossdock/i18n";
import { Badge, Card, DataTable, Empty, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button } from "@mantine/core";
import { useState } from "react";
import { FormDialog } from "../../lib/command";
import { useSession } from "@crossdock/shell";
import { useSites } from "../inventory/sites";
import { Shown } from "../../lib/Shown";

const USERS = graphql(`
  query Users {
    users {
      id
      name
      email
      active
      roles
      sites {
        id
        code
        name
      }
    }
  }
`);

const USER_CREATE = graphql(`mutation UserCreate($input: UserInput!) { userCreate(input: $input) { user { id } userErrors { code message path } } }`);
const USER_UPDATE = graphql(`mutation UserUpdate($input: UserInput!) { userUpdate(input: $input) { user { id } userErrors { code message path } } }`);

type User = ResultOf<typeof USERS>["users"][number];
type Input = VariablesOf<typeof USER_CREATE>["input"];

export function Users() {
  const { can } = useSession();
  const may = can("ADMIN");
  const { data, fault, loading, refresh } = useLive(USERS, {}, { types: ["User"] });
  const [editing, setEditing] = useState<User | "new" | null>(null);
  const found = data?.users;
  return (
    <Page title={t`People`} aside={may && <Button onClick={() => setEditing("new")}>{t`New person`}</Button>}>
      <Card flush>
        <Shown live={{ fault, loading, refresh }} found={found} rows={6} empty={<Empty title={t`Nobody yet`} />}>
          {(found) => (
            <DataTable
              label={t`People`}
              rows={found}
              rowId={(row) => row.id}
              columns={[
                { id: "name", header: t`Name`, heading: true, cell: (row) => <b>{row.name}</b> },
                { id: "email", header: t`E-mail`, cell: (row) => row.email },
                { id: "roles", header: t`Roles`, cell: (row) => row.roles.map((role) => label("Role", role)).join(", ") },
                { id: "sites", header: t`Sites`, cell: (row) => row.sites.map((site) => site.name).join(", ") || "–" },
                { id: "active", header: t`State`, cell: (row) => (row.active ? <Badge tone="good">{t`Active`}</Badge> : <Badge>{t`Disabled`}</Badge>) },
                {
                  id: "do",
                  header: t`Actions`,
                  quiet: true,
                  align: "right",
                  cell: (row) =>
                    may && (
                      <Button size="compact-sm" variant="default" onClick={() => setEditing(row)}>
                        {t`Edit`}
                        <span className="cd-hidden"> {row.name}</span>
                      </Button>
                    ),
                },
              ]}
            />
          )}
        </Shown>
      </Card>
      {editing && <Edit user={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </Page>
  );
}

function Edit({ user, onClose }: { user: User | null; onClose: () => void }) {
  const create = useAction(USER_CREATE);
  const update = useAction(USER_UPDATE);
  const sites = useSites();
  const roles = values("Role")
    .filter((value) => value === value.toUpperCase() && value !== "CHANNEL")
    .map((value) => ({ value, label: label("Role", value) }));
  return (
    <FormDialog<unknown>
      title={user ? user.name : t`New person`}
      fields={[
        { name: "name", label: t`Name`, required: true, initial: user?.name },
        ...(user ? [] : [{ name: "email", label: t`E-mail`, kind: "email" as const, required: true }]),
        { name: "roles", label: t`Roles`, kind: "choices", options: roles, initial: user ? [...user.roles] : ["VIEWER"] },
        { name: "sites", label: t`Sites`, kind: "choices", options: sites.map((site) => ({ value: site.code, label: site.name })), initial: user?.sites.map((site) => site.code), hint: t`A store associate sees the work of these alone` },
        { name: "password", label: t`Password`, kind: "password", required: !user, hint: user ? t`Empty to keep it` : undefined },
        ...(user ? [{ name: "active", label: t`May log in`, kind: "check" as const, initial: user.active }] : []),
      ]}
      submit={t`Save`}
      done={t`Saved.`}
      onClose={onClose}
      send={(form) => {
        const input: Input = {
          name: form.text("name"),
          email: user?.email ?? form.text("email"),
          roles: form.list("roles") as Input["roles"],
          sites: form.list("sites"),
          password: form.optional("password"),
          active: user ? form.check("active") : true,
        };
        return user ? update.run({ input }) : create.run({ input });
      }}
    />
  );
}
