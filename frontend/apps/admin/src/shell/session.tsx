import { createClient, type Enum, graphql, type ResultOf, useLive } from "@crossdock/api";
import { Failed } from "@crossdock/ui";
import { Center, Loader } from "@mantine/core";
import { t } from "@lingui/core/macro";
import { RouterProvider } from "@tanstack/react-router";
import { createContext, lazy, Suspense, use, useCallback, useMemo, useState } from "react";
import { Provider } from "urql";
import { router } from "../router";

/** Most who come are logged in already. */
const LogIn = lazy(async () => ({ default: (await import("./LogIn")).LogIn }));

const ME = graphql(`
  query Me {
    me {
      id
      name
      email
      roles
      sites {
        id
        code
        name
      }
    }
  }
`);

export type Me = NonNullable<ResultOf<typeof ME>["me"]>;
export type Role = Enum<"Role">;

interface SessionValue {
  me: Me;
  can: (...roles: Role[]) => boolean;
  /** The session has ended, or another one begins. */
  renew: () => void;
}

const SessionContext = createContext<SessionValue | null>(null);

export function useSession(): SessionValue {
  const session = use(SessionContext);
  if (!session) throw new Error("Nobody is logged in here.");
  return session;
}

/** Who is logged in; the log-in form where nobody is, at whatever address was asked for. */
export function Session() {
  const [round, setRound] = useState(0);
  const renew = useCallback(() => setRound((n) => n + 1), []);
  return <Known key={round} renew={renew} />;
}

function Known({ renew }: { renew: () => void }) {
  const [ended, setEnded] = useState(false);
  const client = useMemo(() => createClient({ onUnauthenticated: () => setEnded(true) }), []);
  return (
    <Provider value={client}>
      <Suspense fallback={<Waiting />}>{ended ? <LogIn renew={renew} /> : <Gate renew={renew} />}</Suspense>
    </Provider>
  );
}

function Gate({ renew }: { renew: () => void }) {
  const { data, fault, loading, refresh } = useLive(ME, {});
  const me = data?.me;
  const session = useMemo<SessionValue | null>(
    () => (me ? { me, renew, can: (...roles) => me.roles.some((role) => roles.includes(role)) } : null),
    [me, renew],
  );
  if (session) {
    return (
      <SessionContext value={session}>
        <RouterProvider router={router} />
      </SessionContext>
    );
  }
  if (fault && fault.kind !== "unauthenticated") {
    return (
      <main>
        <h1 className="cd-hidden">Crossdock</h1>
        <Failed trouble={fault} retry={refresh} />
      </main>
    );
  }
  if (loading) return <Waiting />;
  return <LogIn renew={renew} />;
}

function Waiting() {
  return (
    <Center h="100vh">
      <Loader aria-label={t`Loading`} />
    </Center>
  );
}
