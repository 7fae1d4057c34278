import { t } from "@lingui/core/macro";
import { CloseButton, Modal, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface DialogProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
  size?: string;
}

/** Mantine's Modal with a plain head: its own would be a second banner of the page. */
export function Dialog({ title, opened, onClose, children, size = "md" }: DialogProps) {
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size} returnFocus>
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <div className="cd-dialog-head">
          <Title order={2}>
            {title}
          </Title>
          <CloseButton onClick={onClose} aria-label={t`Close`} />
        </div>
        <Modal.Body p="lg" pt="xs">
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
