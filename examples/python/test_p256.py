"""python3 -m unittest, in this folder."""

import unittest

from p256 import G, N, P, add, is_on_curve, multiply, verify

# RFC 6979, appendix A.2.5.
KEY = (0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6, 0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299)
R = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
S = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
OF_TEST = "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"


def signature(r, s):
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class P256Test(unittest.TestCase):
    def test_signatures_of_the_standard_are_valid(self):
        self.assertTrue(verify(KEY, b"sample", signature(R, S)))
        self.assertTrue(verify(KEY, b"test", bytes.fromhex(OF_TEST)))

    def test_the_negative_of_s_is_valid_too(self):
        # ECDSA is defined so. A signature is therefore no id of its message.
        self.assertTrue(verify(KEY, b"sample", signature(R, N - S)))

    def test_another_message_or_an_altered_signature_is_refused(self):
        self.assertFalse(verify(KEY, b"sample ", signature(R, S)))
        self.assertFalse(verify(KEY, b"test", signature(R, S)))
        for bit in range(512):
            altered = (int.from_bytes(signature(R, S), "big") ^ (1 << bit)).to_bytes(64, "big")
            if bit % 16 == 0:
                self.assertFalse(verify(KEY, b"sample", altered), bit)

    def test_values_out_of_range_are_refused(self):
        for value in (0, N, N + 1, P, 2**256 - 1):
            self.assertFalse(verify(KEY, b"sample", signature(value, S)))
            self.assertFalse(verify(KEY, b"sample", signature(R, value)))
            self.assertFalse(verify(KEY, b"sample", signature(value, value)))

    def test_another_length_is_refused(self):
        for wrong in (b"", signature(R, S)[:-1], signature(R, S) + b"\0", b"\x30\x45" + signature(R, S)):
            self.assertFalse(verify(KEY, b"sample", wrong))

    def test_another_key_is_refused(self):
        self.assertFalse(verify(G, b"sample", signature(R, S)))
        self.assertFalse(verify((KEY[0], P - KEY[1]), b"sample", signature(R, S)))

    def test_a_key_that_is_not_a_point_of_the_curve_is_refused(self):
        for point in ((KEY[0], KEY[1] + 1), (0, 0), (KEY[0] + P, KEY[1]), (P, P), (-1, 1)):
            self.assertFalse(is_on_curve(point))
            self.assertFalse(verify(point, b"sample", signature(R, S)))

    def test_the_arithmetic_is_that_of_a_group(self):
        self.assertIsNone(multiply(N, G))
        self.assertEqual(multiply(N + 1, G), G)
        self.assertIsNone(add(G, (G[0], P - G[1])))
        self.assertEqual(add(None, G), add(G, None))
        self.assertEqual(add(multiply(5, G), multiply(7, G)), multiply(12, G))


if __name__ == "__main__":
    unittest.main()
