import { t } from "@lingui/core/macro";
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

export function NewReturnButton({ order }: { order?: string }) {
  const navigate = useNavigate();
  return (
    <Button size="xs" onClick={() => void navigate({ to: "/returns/new", search: order ? { order } : {} })}>
      {t`New return`}
    </Button>
  );
}
