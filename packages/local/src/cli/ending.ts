import { ActionError, isDebug, messageOf } from '@fairway/action-kit';

/** Ends a command with its exit code; a failure with cause and mend, and its stack only when debug is on. */
export function endWith(command: Promise<number>): void {
  command.then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`\n✗ ${messageOf(error)}\n`);
      if (error instanceof ActionError) process.stderr.write(`  ${error.remedy}\n`);
      if (isDebug() && error instanceof Error) process.stderr.write(`${error.stack}\n`);
      process.exitCode = error instanceof ActionError && error.code === 'interrupted' ? 130 : 1;
    },
  );
}
