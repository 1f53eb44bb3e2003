// GitHub's own clients write their debug lines straight to standard output, hundreds a test.
if (process.env.TEST_OUTPUT !== 'all') process.stdout.write = () => true;
