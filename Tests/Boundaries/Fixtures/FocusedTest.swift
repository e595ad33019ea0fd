@Test("switched off", .disabled("later")) func nothing() {}
