pm.test("code is 200", () => {
  const { code, message } = pm.response.json();
  pm.expect(code, message).to.equal(200);
});
