import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

from keras.layers import Input
from keras.models import Model
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D, Lambda, dot

shape = (1, 46, 56)  # AT&T faces, halved

left, right = Input(shape), Input(shape)

# shared layers
c1 = Conv2D(6, (7, 7), activation='relu', data_format='channels_first')
p1 = MaxPooling2D((2, 2), data_format='channels_first')
c2 = Conv2D(12, (5, 5), activation='relu', strides=(2, 2), data_format='channels_first')
fl = Flatten()
fc = Dense(40, activation='tanh')

def tower(x):
    for layer in (c1, p1, c2, fl, fc):
        x = layer(x)
    return x

a, b = tower(left), tower(right)
difference = Lambda(lambda ab: abs(ab[0] - ab[1]), output_shape=lambda s: s[0])([a, b])
cosine = dot([a, b], axes=1, normalize=True)
product = dot([a, b], axes=1)

verifier = Model([left, right], Dense(1, activation='sigmoid')(difference))
verifier.compile(optimizer='sgd', loss='binary_crossentropy')
ranker = Model(inputs=[left, right], outputs=product)
similarity = Model(inputs=[left, right], outputs=cosine)
