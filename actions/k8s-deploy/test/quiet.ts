import { vi } from 'vitest';

// What the action prints would be read as workflow commands by a runner that runs these tests.
vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
