import { graphql, useAction } from "@crossdock/api";
import { t } from "@lingui/core/macro";
import { Button, Group, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { Notice } from "@crossdock/ui";
import { type FormEvent, useEffect, useState } from "react";
import { LocaleSwitch } from "./preferences";
import { Logo } from "./Logo";

const SESSION_CREATE = graphql(`
  mutation LogIn($input: SessionCreateInput!) {
    sessionCreate(input: $input) {
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

export function LogIn({ renew }: { renew: () => void }) {
  const { run, running } = useAction(SESSION_CREATE, { keyed: false });
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    document.title = `${t`Log in`} · Crossdock`;
  }, []);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setProblem(null);
    const outcome = await run({ input: { email: String(form.get("email")), password: String(form.get("password")) } });
    if (outcome.ok) renew();
    else if (!outcome.fault) setProblem(t`E-mail address or password is wrong.`);
    else if (outcome.fault.kind === "offline") setProblem(t`The server cannot be reached. Try again.`);
    else setProblem(outcome.fault.message || t`Something went wrong on the server`);
  }

  return (
    <main style={{ minHeight: "100vh", display: "grid", placeItems: "center", padding: 20 }}>
      <Stack gap="lg" w="100%" maw={380}>
        <Group gap="sm" justify="center">
          <Logo size={34} />
          <Text fw={700} fz={22}>
            Crossdock
          </Text>
        </Group>
        <section className="cd-card" style={{ padding: 28 }} aria-labelledby="log-in">
          <form onSubmit={submit}>
            <Stack gap="md">
              <Title order={1} id="log-in">
                {t`Log in`}
              </Title>
              {problem && <Notice tone="bad">{problem}</Notice>}
              <TextInput label={t`E-mail`} name="email" type="email" autoComplete="username" required withAsterisk={false} data-autofocus />
              <PasswordInput
                label={t`Password`}
                name="password"
                autoComplete="current-password"
                required
                withAsterisk={false}
                visibilityToggleButtonProps={{ "aria-label": t`Show the password` }}
              />
              <Button type="submit" loading={running} mt="xs">
                {t`Log in`}
              </Button>
            </Stack>
          </form>
        </section>
        <Group justify="center">
          <LocaleSwitch />
        </Group>
      </Stack>
    </main>
  );
}
