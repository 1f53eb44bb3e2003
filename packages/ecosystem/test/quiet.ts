// What programs print would fill the log of the tests; a test that wants it calls `printed`.
if (process.env.TEST_OUTPUT !== 'all') process.stdout.write = () => true;
