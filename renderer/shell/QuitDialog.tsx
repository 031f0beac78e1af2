/** Asks before Guts ends with work under way, and once what closing the window shall do. */
import { Button, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { QuitDecision, QuitQuestion } from '../../main/shared/desktop.ts';
import { ask, isDesktop, listen } from '../bridge.ts';
import { t } from '../texts/t.ts';

export function QuitDialog() {
  const [question, setQuestion] = useState<QuitQuestion | null>(null);

  useEffect(() => (isDesktop() ? listen('quit.asked', setQuestion) : undefined), []);
  // Only when it is on the screen: until then the desktop program waits to ask by itself.
  useEffect(() => {
    if (question !== null) ask('quit.answer', { answer: 'shown' }).catch(() => setQuestion(null));
  }, [question]);

  if (question === null) return null;
  const decide = (answer: QuitDecision): void => {
    setQuestion(null);
    ask('quit.answer', { answer }).catch(() => {}); // nobody asks any more
  };
  const { why, running, hasTray } = question;
  const isClose = why === 'close';

  return (
    <Modal
      opened
      centered
      onClose={() => decide('cancel')}
      title={isClose ? t('quit.closeTitle') : t('quit.title', { count: running })}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
    >
      <Stack>
        {isClose && running > 0 && <Text fw={600}>{t('quit.title', { count: running })}</Text>}
        <Text>{isClose ? t('quit.closeWhy') : t(hasTray ? 'quit.whyTray' : 'quit.whyNoTray')}</Text>
        {running > 0 && <Text>{t('quit.pauseWhy')}</Text>}
        <Stack gap="xs">
          <Button onClick={() => decide('background')} data-autofocus>
            {t(isClose ? 'quit.keepInTray' : 'quit.background')}
          </Button>
          <Button variant="default" onClick={() => decide('quit')}>
            {t(running > 0 ? 'quit.pause' : 'quit.quit')}
          </Button>
          <Button variant="subtle" onClick={() => decide('cancel')}>
            {t('dialog.cancel')}
          </Button>
        </Stack>
      </Stack>
    </Modal>
  );
}
