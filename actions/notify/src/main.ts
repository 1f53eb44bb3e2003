import { runAction, text } from '@fairway/action-kit';
await runAction('x', { a: 1 }, async () => { text('foo', { required: true }); });
