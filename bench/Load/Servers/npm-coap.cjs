// node npm-coap.cjs DIRECTORY ADDRESS PORT: answers each request by 2.04 with the coap package that is installed in DIRECTORY.
const [directory, address, port] = process.argv.slice(2);
const coap = require(require.resolve('coap', { paths: [directory] }));

const server = coap.createServer((request, response) => {
  response.code = '2.04';
  response.end();
});
server.listen(Number(port), address, () => console.error('listening'));
