import { expect, it } from 'vitest';
import { Mailbox } from '../../../src/seating/live/mailbox.ts';

it('yields what was pushed, in order, and waits for more', async () => {
  const mailbox = new Mailbox<number>({ limit: 3, overflow: () => -1, onClose: () => {} });
  mailbox.push(1);
  mailbox.push(2);
  const taken = [await mailbox.next(), await mailbox.next()];
  const waiting = mailbox.next();
  mailbox.push(3);
  expect([...taken, await waiting].map(({ value }) => value as number)).toEqual([1, 2, 3]);
});

it('yields one message instead of more than its limit', async () => {
  const mailbox = new Mailbox<number>({ limit: 3, overflow: () => -1, onClose: () => {} });
  for (let i = 0; i < 100; i++) mailbox.push(i);
  const first = await mailbox.next();
  mailbox.push(100);
  expect([first.value, (await mailbox.next()).value]).toEqual([-1, 100]);
});

it('does not yield what is pushed while the state is read', async () => {
  const mailbox: Mailbox<string> = new Mailbox<string>({
    limit: 1,
    overflow: () => {
      mailbox.push('already part of the state');
      return 'state';
    },
    onClose: () => {},
  });
  for (const message of ['a', 'b', 'c']) mailbox.push(message);
  const first = await mailbox.next();
  mailbox.push('new');
  expect([first.value, (await mailbox.next()).value]).toEqual(['state', 'new']);
});

it('ends pending reads when it is closed, and closes once', async () => {
  let closed = 0;
  const mailbox = new Mailbox<number>({ limit: 1, overflow: () => -1, onClose: () => closed++ });
  const waiting = mailbox.next();
  await mailbox.return();
  await mailbox.return();
  expect([(await waiting).done, (await mailbox.next()).done, closed]).toEqual([true, true, 1]);
});
