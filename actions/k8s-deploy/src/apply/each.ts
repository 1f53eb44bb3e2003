/** Requests in the air at once: enough to hide the latency, few enough for the server's fairness limits. */
const ABREAST = 8;

/** Does `work` for each item, eight at a time. The first failure ends it, after what is under way has ended. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async () => {
    for (let item = items[next++]; item !== undefined && !failed; item = items[next++]) {
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(ABREAST, items.length) }, lane));
  for (const result of lanes) if (result.status === 'rejected') throw result.reason;
}
