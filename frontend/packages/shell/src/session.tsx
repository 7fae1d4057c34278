import { createClient, type Enum, Feeds, FeedsContext, graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { Failed } from "@crossdock/ui";
import { Center, Loader } from "@mantine/core";
import { t } from "@lingui/core/macro";
import { createContext, lazy, type ReactNode, Suspense, use, useCallback, useEffect, useMemo, useState } from "react";
import { Provider } from "urql";
import { reasonOf } from "./reasons";

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

interface SessionProps {
  children: ReactNode;
  /** Under this name the browser remembers who is logged in, so that they can go on while there is no connection. */
  rememberAs?: string;
}

/** Who is logged in; the log-in form where nobody is, at whatever address was asked for. */
export function Session(props: SessionProps) {
  const [round, setRound] = useState(0);
  const renew = useCallback(() => setRound((n) => n + 1), []);
  return <Known key={round} renew={renew} {...props} />;
}

interface KnownProps extends SessionProps {
  renew: () => void;
}

function Known({ renew, ...rest }: KnownProps) {
  const [ended, setEnded] = useState(false);
  const client = useMemo(() => createClient({ onUnauthenticated: () => setEnded(true) }), []);
  const feeds = useMemo(() => new Feeds(), []);
  useEffect(() => {
    feeds.open();
    return () => feeds.close();
  }, [feeds]);
  return (
    <Provider value={client}>
      <FeedsContext value={feeds}>
        <Suspense fallback={<Waiting />}>{ended ? <LogIn renew={renew} /> : <Gate renew={renew} {...rest} />}</Suspense>
      </FeedsContext>
    </Provider>
  );
}

function Gate({ renew, rememberAs, children }: KnownProps) {
  const { data, fault, loading, refresh } = useLive(ME, {});
  const [remembered] = useState(() => (rememberAs ? recall(rememberAs) : null));
  const me = data ? data.me : fault?.kind === "offline" ? remembered : null;
  useEffect(() => {
    if (rememberAs && data) remember(rememberAs, data.me);
  }, [rememberAs, data]);
  const session = useMemo<SessionValue | null>(
    () => (me ? { me, renew, can: (...roles) => me.roles.some((role) => roles.includes(role)) } : null),
    [me, renew],
  );
  if (session) {
    return (
      <SessionContext value={session}>
        {children}
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

function remember(name: string, me: Me | null) {
  if (me) localStorage.setItem(name, JSON.stringify(me));
  else localStorage.removeItem(name);
}

function recall(name: string): Me | null {
  const kept = localStorage.getItem(name);
  return kept ? (JSON.parse(kept) as Me) : null;
}

const SESSION_END = graphql(`
  mutation LogOut {
    sessionEnd {
      user {
        id
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

/** Ends the session; `complain` is told why that could not be done. */
export function useLogOut(complain: (reason: string) => void): () => Promise<void> {
  const { renew } = useSession();
  const { run } = useAction(SESSION_END, { keyed: false });
  return async () => {
    const outcome = await run({});
    if (outcome.ok || outcome.fault?.kind === "unauthenticated") renew();
    else complain(reasonOf(outcome));
  };
}

function Waiting() {
  return (
    <Center h="100vh">
      <Loader aria-label={t`Loading`} />
    </Center>
  );
}
