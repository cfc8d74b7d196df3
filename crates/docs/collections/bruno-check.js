test("code is 200", () => {
  const { code, message } = res.getBody();
  expect(code, message).to.equal(200);
});
