import { graphql, useLive } from "@crossdock/api";
import { Empty, Failed, Loading, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { chosenSite } from "../state";

const SITES = graphql(`
  query StoreSites {
    inventorySites(first: 100, kind: [STORE, WAREHOUSE, DROP_SHIP]) {
      nodes {
        id
        code
        name
        active
      }
    }
  }
`);

/** For people who belong to no site in particular. */
export function SitesToChooseFrom() {
  const { data, fault, loading, refresh } = useLive(SITES, {});
  const sites = data?.inventorySites.nodes.filter((site) => site.active);
  return (
    <Page title={t`Where are you?`}>
      {loading && <Loading height={56} />}
      {!sites && fault && <Failed trouble={fault} retry={refresh} />}
      {sites?.length === 0 && <Empty title={t`There are no sites yet`} />}
      <ul className="list">
        {sites?.map(({ id, code, name }) => (
          <li key={id}>
            <button type="button" className="row" onClick={() => chosenSite.set({ id, code, name })}>
              <span className="row-name">{name}</span>
              <span className="row-hint">{code}</span>
            </button>
          </li>
        ))}
      </ul>
    </Page>
  );
}
