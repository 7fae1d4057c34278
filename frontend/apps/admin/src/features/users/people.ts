import { graphql, useLive } from "@crossdock/api";
import { useSession } from "@crossdock/shell";

const STAFF = graphql(`
  query Staff {
    users {
      id
      name
      email
      active
      roles
    }
  }
`);

/** Those who work here. Who may not see the others sees themselves. */
export function useStaff() {
  const { me } = useSession();
  const { data, fault } = useLive(STAFF, {});
  return data?.users.filter((person) => person.active) ?? (fault ? [me] : []);
}
